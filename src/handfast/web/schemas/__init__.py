"""What goes over the wire: the only place where loose JSON becomes typed values. One file a resource."""
