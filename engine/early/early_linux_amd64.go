package early

const prlimit = 302
