"""Reading a row by windows that slide along it: it tells letters that no cut can part."""
