package main

func benchParse(conf *config) error { return errUsage }
