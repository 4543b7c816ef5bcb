"""What the desk's templates say and look up beside what all pages do."""
