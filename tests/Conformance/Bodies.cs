using System.IO.Pipelines;

namespace Prebake.Conformance;

/// <summary>How handlers of these tests read a body that they do not keep: how long it was.</summary>
internal static class Bodies
{
    public static async Task<long> CountAsync(PipeReader body)
    {
        long length = 0;
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            length += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return length;
        }
    }

    /// <summary>The same through a stream, in small pieces.</summary>
    public static async Task<long> CountAsync(Stream body)
    {
        long length = 0;
        byte[] piece = new byte[1000];
        while (await body.ReadAsync(piece) is > 0 and int count) length += count;
        return length;
    }
}
