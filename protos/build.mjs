// assembled by the protos helper
