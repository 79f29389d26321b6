package main

import "context"

func ctx() context.Context { return context.Background() }

func blocked(context.Context) { <-make(chan int) }
