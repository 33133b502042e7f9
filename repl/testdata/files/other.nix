{ other = true; answer = 43; }
