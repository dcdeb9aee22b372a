"""Live things of a project: kernels and terminals."""
