# Why something about pages could not be done.

error-page-handle = An address is made of small letters, digits and hyphens, 80 at most.
error-page-handle-taken = Another page has this address. Please choose another one.
error-page-handle-leads-elsewhere = This address still leads to another page, which had it before. Please choose another one.
error-page-home-address = The home page is at the address of the shop itself; it has no other one.
error-page-one-home = There is one home page. Please choose another kind.
error-page-title = Please give the page a title.
error-page-stale = Somebody changed this page just now. Please look at it as it is and try again.
error-page-nothing-to-undo = There is nothing left to undo.
error-page-must-stay = The home page stays public, and a page that was public cannot be removed; it can be taken off.
error-page-too-many-blocks = A page has at most 40 blocks. Please remove one first.
error-page-too-many-items = A block has at most 24 entries.
error-page-link = A link is a path of this shop, beginning with /, or an address that begins with https://.
