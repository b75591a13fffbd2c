"""Documents for people and courts: letters, motions, schedules and court files as accessible PDFs and as plain text."""
