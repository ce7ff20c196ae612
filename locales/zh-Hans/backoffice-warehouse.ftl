# 仓库、调拨，以及仓库打印的单据。
warehouse-ship-from = 发货仓库
warehouse-where-held = 按已预留的仓库
