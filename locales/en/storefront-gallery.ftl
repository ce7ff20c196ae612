# The gallery of a product.

gallery-thumbnails = All pictures
gallery-nth = Picture { $place } of { $count }
gallery-enlarge = Enlarge: { $alt }
gallery-close = Close
gallery-previous = Previous picture
gallery-next = Next picture
video-watch = Watch the film
video-at-youtube = Opens at YouTube
video-at-vimeo = Opens at Vimeo
video-at-bilibili = Opens at Bilibili
video-at-file = Plays in a new tab
