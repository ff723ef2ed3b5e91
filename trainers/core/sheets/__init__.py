"""Movement screen sheets: what one holds, the file it travels in, progress over several, those that are kept."""
