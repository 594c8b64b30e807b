"""What HL7 published: names, profiles, terminology, FHIRPath, the validator."""
