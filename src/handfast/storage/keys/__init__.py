"""Keys outside the records: the root key, programmes' and persons' keys, sealing and rotation."""
