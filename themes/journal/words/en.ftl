home-collections = Columns
product-about = About it
product-related = Read on
home-see-all = All of it
