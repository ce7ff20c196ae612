# Warehouses, transfers between them, and what is printed there.
warehouse-ship-from = Leaves from
warehouse-where-held = Wherever its goods are kept
