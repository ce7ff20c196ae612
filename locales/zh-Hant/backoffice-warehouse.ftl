# 倉庫、調撥，以及倉庫列印的單據。
warehouse-ship-from = 出貨倉庫
warehouse-where-held = 依保留的倉庫
