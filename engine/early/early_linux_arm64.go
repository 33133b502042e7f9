package early

const prlimit = 261
