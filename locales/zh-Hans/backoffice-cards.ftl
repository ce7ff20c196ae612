# 搜索结果里的位置。
admin-cards-searched = 搜索多半排第 { $place }
card-reason-found_late = 搜索时多半排在第 { $found } 个，很少有人看到那里。
card-action-found_late = 把大家会搜的词放进标题，并填好品牌和属性。
