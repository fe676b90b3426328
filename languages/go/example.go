// Squares numbers in goroutines and adds them up.
package main

import (
	"fmt"
	"sync"
)

func main() {
	squares := make(chan int)
	var workers sync.WaitGroup
	for n := 1; n <= 10; n++ {
		workers.Add(1)
		go func(n int) {
			defer workers.Done()
			squares <- n * n
		}(n)
	}
	go func() {
		workers.Wait()
		close(squares)
	}()
	sum := 0
	for square := range squares {
		sum += square
	}
	fmt.Println("1² + 2² + … + 10² =", sum)
}
