# Why a question about figures cannot be answered.
error-insight-range-reversed = 結束日期不能早於開始日期。
error-insight-range-too-long = 日期範圍最長三年，請縮短後再查。
