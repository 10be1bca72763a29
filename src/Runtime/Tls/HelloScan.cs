namespace Prebake.Tls;

/// <summary>
/// Finds the end of a client's hello in the bytes of a connection, as they come (RFC 8446 sections 4 and 5.1). It looks
/// at lengths only: what makes no sense, or is longer than a hello can be, is said to be whole, since the library has to
/// say what is wrong.
/// </summary>
internal struct HelloScan
{
    // All extensions of all browsers, some keys of quantum-safe exchanges and a ticket are below 4 KiB
    private const int MostBytes = 16 << 10;

    private const int RecordHead = 5, MessageHead = 4;
    private const byte HandshakeRecord = 22, ClientHello = 1;

    private int _seen;          // bytes
    private int _headSeen;      // of the record's head
    private byte _lengthHigh;   // the first byte of its length
    private int _recordLeft;    // of its body
    private int _messageSeen;   // of the message, its head included
    private int _length;        // of the message's body, as far as it has been said

    /// <summary>Goes on with more bytes. True: it is whole, and what comes behind it does not matter.</summary>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_recordLeft == 0)
            {
                if (!TakeHeadByte(bytes[0])) return true;
                bytes = bytes[1..];
                if (++_seen > MostBytes) return true;
                continue;
            }

            int count = 1;
            if (_messageSeen < MessageHead)
            {
                if (_messageSeen == 0 && bytes[0] != ClientHello) return true;
                if (_messageSeen > 0) _length = (_length << 8) | bytes[0];
            }
            else count = Math.Min(Math.Min(bytes.Length, _recordLeft), MessageHead + _length - _messageSeen);

            _messageSeen += count;
            _recordLeft -= count;
            _seen += count;
            bytes = bytes[count..];
            if (_seen > MostBytes) return true;
            if (_messageSeen < MessageHead) continue;
            if (_messageSeen == MessageHead + _length || _length > MostBytes) return true;
        }

        return false;
    }

    // False: it makes no sense
    private bool TakeHeadByte(byte value)
    {
        switch (_headSeen++)
        {
            case 0:
                return value == HandshakeRecord;
            case 1:
                return value == 3;
            case 3:
                _lengthHigh = value;
                return true;
            case RecordHead - 1:
                _recordLeft = (_lengthHigh << 8) | value;
                _headSeen = 0;
                return _recordLeft is > 0 and <= MostBytes;
            default:
                return true;
        }
    }
}
