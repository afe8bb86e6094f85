from tanada.stacks.app import main

main()
