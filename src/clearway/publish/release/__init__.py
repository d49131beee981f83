"""Release: what each recipient may see, coarsened, with small counts hidden and an end date."""
