# Why something about pages could not be done.

error-page-handle = 网址只能用小写英文字母、数字和连字符，最长 80 个字。
error-page-handle-taken = 已经有页面用这个网址了，请换一个。
error-page-handle-leads-elsewhere = 另一个页面以前用过这个网址，现在还会跳转到那一页，请换一个。
error-page-home-address = 首页就在商店的网址，不需要另外设置。
error-page-one-home = 首页只有一个，请选别的类型。
error-page-title = 请填写页面的标题。
error-page-stale = 这一页刚被别人改过，请看看新的内容再试一次。
error-page-nothing-to-undo = 没有可以撤销的了。
error-page-must-stay = 首页不能下线；公开过的页面不能删除，可以下线。
error-page-too-many-blocks = 一页最多 40 个区块，请先移除用不到的。
error-page-too-many-items = 一个区块最多 24 个条目。
error-page-link = 链接请填本店的路径（以 / 开头），或以 https:// 开头的网址。
