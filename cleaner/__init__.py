"""Clean article text from scraped files, decided line by line."""
