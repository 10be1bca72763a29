using System.Buffers;
using Prebake.Codings;
using Prebake.Http;
using Prebake.Transports;

namespace Prebake.Serving;

// A body that comes compressed is decoded on its way in: whoever reads it sees what was meant.
internal sealed partial class ReceivedBody
{
    private const int DecodedPiece = 16 << 10;

    private BodyDecoding? _decoding;

    /// <summary>Why what was fed last cannot be taken; null while all is well.</summary>
    public HttpException? Refusal { get; private set; }

    public override HttpException? Decode(BodyDecoder decoder, long most, int ratio)
    {
        using (_gate.Enter())
        {
            // There is no body, or a step further out has seen to it
            if (IsEmpty || _decoding is not null || _use is Use.Ended || _fault is not null)
            {
                decoder.Dispose();
                return null;
            }

            // One that is there as a whole can have been asked for without a wait, and is shown then
            if (_use is not (Use.Unasked or Use.Bound) || _isShown)
            {
                decoder.Dispose();
                throw new InvalidOperationException(
                    "The body has been read before it could be decompressed; "
                        + "declare [Use] Decompression in front of what reads it.");
            }

            _decoding = new BodyDecoding(decoder, most, ratio);
            _declared = null;

            // What came with the head is decoded again from where it lies
            (byte[]? coded, int length, Owner owner) = (_buffer, _length, _owner);
            (_buffer, _length, _owner) = (null, 0, Owner.Pool);
            try
            {
                bool isTaken = TakeDecoded(coded.AsSpan(0, length));
                if (isTaken && _isComplete) Refusal = _decoding.End();
                return Refusal;
            }
            finally
            {
                if (coded is not null && owner is Owner.Pool) Buffers.Return(coded);
            }
        }
    }

    // False when it is refused. Behind the gate, or with a pipe, whose writer is the loop's alone. It may hold the gate for
    // as long as one read's worth takes, which nobody waits for: a body in a coding is not lent before it is whole
    private bool TakeDecoded(ReadOnlySpan<byte> data)
    {
        byte[] piece = Buffers.Rent(DecodedPiece);
        try
        {
            bool hasMore = !data.IsEmpty;
            while (hasMore)
            {
                Refusal = _decoding!.Decode(ref data, piece, out int written, out hasMore);
                if (Refusal is null && !HasRoomFor(written)) Refusal = BodyDecoding.TooLong();
                if (Refusal is not null) return false;

                if (_use is Use.Piped) _pipe!.Writer.Write(piece.AsSpan(0, written));
                else if (written > 0) Append(piece.AsSpan(0, written));
            }

            return true;
        }
        finally
        {
            Buffers.Return(piece);
        }
    }

    private void EndDecoding()
    {
        _decoding?.Dispose();
        _decoding = null;
    }
}
