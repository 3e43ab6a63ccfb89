"""Any number of pictures, read one after the other or many at a time; independent of the command line."""
