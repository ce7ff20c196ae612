# Looks: themes and what can be set of them
admin-themes-title = Looks
admin-themes-about = Theme, colours, fonts, logo
admin-themes-gone = The theme “{ $theme }” is gone; the shop wears the default theme meanwhile.
admin-themes-active = In use
admin-themes-faults = { $count ->
    [one] 1 problem
   *[other] { $count } problems
}
admin-themes-faults-title = What is wrong. Shoppers see those pages as the theme below has them; the shop stays open.
admin-themes-over = on top of { $parent }
admin-themes-files = { $count ->
    [one] 1 file
   *[other] { $count } files
}
admin-themes-colors = Page, text, accent and warning
admin-themes-choose = Use it
admin-themes-try = Try it out
admin-themes-look = See the shop
admin-themes-set = Adjust
admin-themes-export = Download
admin-themes-undo = Undo the last change
admin-themes-own = Themes of your own
admin-themes-own-text = Put files into this folder; the next page shows them:
admin-themes-archive = Theme archive
admin-themes-archive-hint = A .tar.gz as downloaded here, up to 16 MB
admin-themes-import = Bring it in
admin-theme-colors = Colours
admin-theme-colors-hint = The other shades are worked out of these four, at night too. A colour that cannot be read is refused, and the nearest one that can is named.
admin-theme-own = The theme says { $value }
admin-theme-paper = Page
admin-theme-ink = Text
admin-theme-accent = Accent: buttons and links
admin-theme-warm = Warning: reduced prices, alerts
admin-theme-type = Fonts
admin-theme-heading-font = Headings
admin-theme-text-font = Text
admin-theme-fonts-hint = Fonts that devices have already: nothing to load, nothing to wait for.
admin-theme-room = Shapes and room
admin-theme-corners = Corners
admin-theme-density = Density
admin-theme-pictures = Shape of product pictures
admin-theme-as-theme = As the theme has it
admin-theme-logo = Logo
admin-theme-logo-file = Picture
admin-theme-logo-hint = Shown in place of the shop’s name, scaled to its height. PNG may be transparent; up to 4 MB.
admin-theme-logo-set = Use this logo
admin-theme-logo-remove = Remove it and show the name
admin-flash-theme-chosen = The shop wears its new look.
admin-flash-theme-undone = The shop looks as it did before.
admin-flash-theme-added = The theme is in; shoppers do not see it yet.
theme-font-sans = Sans
theme-font-serif = Serif
theme-font-rounded = Rounded
theme-font-brush = Brush
theme-corners-square = Square
theme-corners-slight = Slightly rounded
theme-corners-round = Round
theme-density-compact = Compact
theme-density-normal = Normal
theme-density-airy = Airy
theme-pictures-square = Square
theme-pictures-portrait = Portrait 4:5
theme-pictures-landscape = Landscape 4:3
theme-fault-manifest = theme.toml cannot be read
theme-fault-parent = The theme below cannot be used
theme-fault-file = Not a file of a theme
theme-fault-too_large = Too large
theme-fault-template = Template left out: it cannot be read
theme-fault-page = Page shown as the theme below has it
theme-fault-words = Words cannot be read
theme-fault-style = A style sheet asks for a missing file
theme-fault-contrast = Colours that cannot be read
theme-fault-policy = Browsers will not run or load it
theme-preview = Only you see this look: { $theme }
theme-preview-end = Stop trying it out
