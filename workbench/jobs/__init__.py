"""Long work: the job table, its leases, and the runner that carries jobs out."""
