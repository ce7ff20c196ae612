# 主题
error-theme-contrast = 对比度只有 { $contrast }，看不清楚；需要 4.5。最接近的可用色是 { $instead }。
error-theme-nothing-before = 没有可以撤销的更改。
error-theme-archive = 这不是 .tar.gz 文件，或文件已损坏。请重新下载再试。
error-theme-folder = 主题文件里要有一个文件夹，名称只用小写英文字母、数字与连字符。
error-theme-file = 里面有主题用不到的文件：{ $what }。请删除后再试。
error-theme-size = 文件太多或太大：单个 4 MB、总共 24 MB、600 个文件以内。
error-theme-manifest = theme.toml 无法读取：{ $what }
error-theme-taken = 已经有名为 { $what } 的主题。请把文件夹改名后再导入。
