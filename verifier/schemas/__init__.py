"""What events hold: types of events a module a noun, records of the lists, values of a policy."""
