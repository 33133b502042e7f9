select path from ValidPaths where path >= :prefix order by path limit 1
