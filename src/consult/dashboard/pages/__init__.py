"""One page a file; a page loads, filters, asks the measures and shows, and counts nothing itself."""
