# Themes
error-theme-contrast = Its contrast is { $contrast }, too faint to read; 4.5 is needed. The nearest colour that works is { $instead }.
error-theme-nothing-before = There is no change to undo.
error-theme-archive = This is not a .tar.gz file, or it is damaged. Please download it again.
error-theme-folder = An archive holds one folder, named with small letters, digits and hyphens.
error-theme-file = It holds something that no theme has: { $what }. Please take it out.
error-theme-size = Too many or too large files: 4 MB each, 24 MB together, 600 files at most.
error-theme-manifest = theme.toml cannot be read: { $what }
error-theme-taken = There is a theme named { $what } already. Please rename the folder and bring it in again.
