"""The sections of a report, one module a subject; each function takes the material and returns a section."""
