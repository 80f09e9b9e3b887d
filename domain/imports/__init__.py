"""Files that other shops wrote, read into plain values; nothing here knows a database."""
