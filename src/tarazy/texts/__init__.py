"""What people read, in Kazakh, Russian and English: the catalogue of texts and how sums and moments are written."""
