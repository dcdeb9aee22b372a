"""Values: what is stored, sent and received. No I/O here."""
