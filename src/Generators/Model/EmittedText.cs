namespace Prebake.Generators.Model;

/// <summary>
/// The text of a generated file, in pieces. Most of a large file is text that an earlier run has written: it is neither copied nor compared again,
/// since the pieces of both runs are the same objects.
/// </summary>
internal sealed class EmittedText : IEquatable<EmittedText>
{
    private readonly string[] _pieces;

    // Where each piece begins
    private readonly int[] _starts;

    public EmittedText(IReadOnlyList<string> pieces)
    {
        _pieces = pieces.Where(piece => piece.Length > 0).ToArray();
        _starts = new int[_pieces.Length];
        int length = 0;
        for (int i = 0; i < _pieces.Length; i++)
        {
            _starts[i] = length;
            length += _pieces[i].Length;
        }

        Length = length;
    }

    public int Length { get; }

    public char this[int position]
    {
        get
        {
            int piece = PieceAt(position);
            return _pieces[piece][position - _starts[piece]];
        }
    }

    public void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count)
    {
        for (int piece = count > 0 ? PieceAt(sourceIndex) : 0; count > 0; piece++)
        {
            int from = sourceIndex - _starts[piece], length = Math.Min(count, _pieces[piece].Length - from);
            _pieces[piece].CopyTo(from, destination, destinationIndex, length);
            sourceIndex += length;
            destinationIndex += length;
            count -= length;
        }
    }

    public bool Equals(EmittedText? other)
    {
        if (other is null || other.Length != Length) return false;

        // Pieces of one may end where those of the other do not
        (int Piece, int At) ours = default, theirs = default;
        for (int left = Length; left > 0;)
        {
            string a = _pieces[ours.Piece], b = other._pieces[theirs.Piece];
            int length = Math.Min(a.Length - ours.At, b.Length - theirs.At);
            if (!(ReferenceEquals(a, b) && ours.At == theirs.At) && string.CompareOrdinal(a, ours.At, b, theirs.At, length) != 0) return false;

            left -= length;
            ours = ours.At + length == a.Length ? (ours.Piece + 1, 0) : (ours.Piece, ours.At + length);
            theirs = theirs.At + length == b.Length ? (theirs.Piece + 1, 0) : (theirs.Piece, theirs.At + length);
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is EmittedText other && Equals(other);

    // Cheap, and enough: two texts of one length are compared
    public override int GetHashCode() => Length;

    private int PieceAt(int position)
    {
        if ((uint)position >= (uint)Length) throw new ArgumentOutOfRangeException(nameof(position));

        int found = Array.BinarySearch(_starts, position);
        return found >= 0 ? found : ~found - 1;
    }
}
