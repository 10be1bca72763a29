using System.ComponentModel;
using System.Reflection;
using Prebake.Grammar;

namespace Prebake.Routing;

/// <summary>
/// The contents of the files that the build put into an assembly, as they lie there: nothing is read at the start and nothing is copied.
/// Emitted tables keep one and bring the heads.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe class BakedFiles
{
    /// <summary>The name of the resource that the build task writes.</summary>
    internal const string ResourceName = "Prebake.Files";

    // A file: its first variant and how many there are. A variant: start of the head, its length, date, tag, length of the tag,
    // length of the 304 head, its date, closes, start of the body, its length, coding.
    internal const int FileRow = 2, VariantRow = 11;

    private readonly UnmanagedMemoryStream _stream;
    private readonly byte* _start;

    private BakedFiles(UnmanagedMemoryStream stream)
    {
        _stream = stream;                                       // keeps the memory
        _start = stream.PositionPointer;
    }

    /// <summary>Finds the contents in an assembly.</summary>
    /// <exception cref="InvalidOperationException">The assembly was not built with Prebake's targets.</exception>
    public static BakedFiles Of(Assembly assembly) =>
        new(assembly.GetManifestResourceStream(ResourceName) as UnmanagedMemoryStream
            ?? throw new InvalidOperationException(
                $"{assembly.GetName().Name} has [StaticFile] or [StaticDirectory], but contains no files; build it "
                    + "with the targets of the Prebake package."));

    /// <summary>The finished response of a file.</summary>
    /// <param name="heads">All heads, 200 and 304, one behind the other.</param>
    /// <param name="numbers">The files' rows, then the variants'.</param>
    /// <param name="file">Which file.</param>
    public StaticBlock Block(ReadOnlySpan<byte> heads, ReadOnlySpan<int> numbers, int file) =>
        At(heads, numbers.Slice(numbers[file * FileRow], VariantRow), numbers[(file * FileRow) + 1] - 1);

    /// <summary>One of its compressed variants.</summary>
    /// <param name="heads">As above.</param>
    /// <param name="numbers">As above.</param>
    /// <param name="file">Which file.</param>
    /// <param name="variant">Which of its variants.</param>
    public StaticBlock Variant(ReadOnlySpan<byte> heads, ReadOnlySpan<int> numbers, int file, int variant) =>
        At(heads, numbers.Slice(numbers[file * FileRow] + ((1 + variant) * VariantRow), VariantRow), numbers[(file * FileRow) + 1] - 1);

    private StaticBlock At(ReadOnlySpan<byte> heads, ReadOnlySpan<int> row, int variants)
    {
        ReadOnlySpan<byte> head = heads.Slice(row[0], row[1]);
        if ((uint)row[8] + (uint)row[9] > (ulong)_stream.Length)
            throw new InvalidOperationException("The files in the assembly do not match its routes; build it again.");

        return new StaticBlock(head, head.Length, row[2], head.Slice(row[3], row[4]), heads.Slice(row[0] + row[1], row[5]), row[6])
        {
            ClosesConnection = row[7] != 0,
            FarBody = new ReadOnlySpan<byte>(_start + row[8], row[9]),
            VariantCount = variants,
            Coding = (ContentCoding)row[10],
        };
    }
}
