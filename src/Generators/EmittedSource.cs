using System.Text;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators;

/// <summary>An emitted file as the compiler reads it, from the pieces that it is in.</summary>
internal sealed class EmittedSource(EmittedText text) : SourceText(checksumAlgorithm: SourceHashAlgorithm.Sha256)
{
    public override Encoding Encoding => Encoding.UTF8;

    public override int Length => text.Length;

    public override char this[int position] => text[position];

    public override void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count) =>
        text.CopyTo(sourceIndex, destination, destinationIndex, count);
}
