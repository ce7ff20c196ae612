# Why a picture or a film was not taken.

error-picture-kind = “{ $name }” is not a picture. Please use JPEG, PNG, WebP or GIF.
error-picture-svg = “{ $name }” is an SVG drawing, which can carry scripts. Please save it as PNG and send that.
error-picture-heic = “{ $name }” is HEIC or AVIF, which many browsers cannot show. Please convert it to JPEG first.
error-picture-bytes = “{ $name }” is larger than 20 MB. Please make it smaller.
error-picture-pixels = “{ $name }” has too many pixels (40 million at most, 16,000 on one side). Please make it smaller.
error-picture-torn = “{ $name }” is incomplete; it may not have been copied whole. Please export it again.
error-picture-two-things = “{ $name }” has something else hidden behind the picture, so it is not taken. Please save it as a new picture.
error-picture-damaged = “{ $name }” is damaged and cannot be opened. Please use another one or export it again.
error-pictures-refused = { $added } added; { $refused } could not be used:
error-video-unknown = This is not the address of a film we know. Please paste a page of YouTube, Vimeo or Bilibili, or an https address of an MP4 or WebM file.
