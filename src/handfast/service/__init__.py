"""Each flow is one straight numbered function: enrol, verify, withdraw, purge, my page. Nothing here knows HTTP."""
