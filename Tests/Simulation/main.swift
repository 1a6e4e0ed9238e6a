import Glibc

exit(SimulationCommand.main(Array(CommandLine.arguments.dropFirst())))
