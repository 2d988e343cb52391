SELECT '守望 "x" \ ''?' -- a	b
