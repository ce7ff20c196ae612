# 搜尋結果裡的位置。
admin-cards-searched = 搜尋多半排第 { $place }
card-reason-found_late = 搜尋時多半排在第 { $found } 個，很少人看到那裡。
card-action-found_late = 把大家會搜尋的詞放進標題，並填好品牌與屬性。
