"""titrate: dose titration and taper plans from cited rules, proven before anyone sees them."""
