import JSON

/// Turns events into the slots of their tokens, by one specification. It keeps its memory from event to event.
public struct FeatureExtractor {
    /// The places that are read.
    public let layout: FeatureLayout
    /// The inputs of the event at hand; filled by `extract(_:)`, or by the owner for `extract()`.
    public var inputs: FeatureInputs
    /// The slots of the last event.
    public private(set) var slots = SlotSet()

    private let program: FeatureProgram
    private var reader: FeatureReader

    /// An extractor for that specification.
    public init(_ specification: FeatureSpecification) {
        layout = FeatureLayout(specification)
        inputs = FeatureInputs(layout: layout)
        reader = FeatureReader(layout: layout)
        program = FeatureProgram(specification, layout: layout)
    }

    /// Extracts the slots of a parsed event.
    public mutating func extract(_ event: JSONElement) {
        reader.read(event, into: &inputs)
        extract()
    }

    /// Extracts the slots of what stands in `inputs`.
    public mutating func extract() {
        slots.removeAll()
        inputs.values.withUnsafeBufferPointer { values in
            for step in program.steps {
                if step.list < 0 {
                    emit(step, values, UnsafeBufferPointer(start: nil, count: 0))
                } else {
                    let width = layout.lists[step.list].columns.count
                    inputs.lists[step.list].withUnsafeBufferPointer { elements in
                        for offset in stride(from: 0, to: elements.count, by: width) {
                            emit(step, values, UnsafeBufferPointer(rebasing: elements[offset..<offset + width]))
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private mutating func emit(
        _ step: FeatureProgram.Step, _ values: UnsafeBufferPointer<FeatureValue>,
        _ element: UnsafeBufferPointer<FeatureValue>
    ) {
        var hash = step.prefix
        for index in step.operands {
            let operand = program.operands[index]
            var value = operand.source.value(values, element)
            for operation in operand.operations {
                value = program.run(operation, on: value, values, element)
            }
            hash.combine(value, lowerCase: operand.isLowerCase)
        }
        slots.insert(hash.slot)
    }
}
