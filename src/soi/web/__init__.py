"""The pages: thin views over the answer and the domain packages' queries."""
