# Why a question about figures cannot be answered.
error-insight-range-reversed = 结束日期不能早于开始日期。
error-insight-range-too-long = 日期范围最长三年，请缩短后再查询。
