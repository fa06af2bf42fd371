"""The page that verifies: a second implementation of the law, in JavaScript, as one HTML file."""
