"""The stage of the demonstration: the story in steps, an independent count of the books, and the page that shows it."""
