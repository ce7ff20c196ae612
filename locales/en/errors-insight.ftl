# Why a question about figures cannot be answered.
error-insight-range-reversed = The last day must not be before the first.
error-insight-range-too-long = A range may cover three years at most. Please choose a shorter one.
